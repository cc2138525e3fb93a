"""`python -m wanwatch` is the command."""

from wanwatch.cli import main

main()
