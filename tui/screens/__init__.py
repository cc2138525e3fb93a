"""Screens: what is shown together, and where its keys lead."""
