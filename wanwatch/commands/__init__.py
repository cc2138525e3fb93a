"""The commands of the CLI, one file each, imported only when called."""
