"""Reachability by ICMP echo: one socket for the whole fleet."""
