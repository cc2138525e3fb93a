"""Widgets that draw lines themselves and are told what to show; none does any I/O."""
