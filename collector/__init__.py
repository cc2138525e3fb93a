"""Observation: asks the network and yields samples. It never judges what they mean."""
