"""A device's objects in a file that others can replay."""
