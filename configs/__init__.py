"""Intent: what the operator wrote down, checked and frozen. Imports nothing of ours."""
