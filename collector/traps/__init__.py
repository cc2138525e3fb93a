"""Notifications: who may send them, how many, and what they say."""
