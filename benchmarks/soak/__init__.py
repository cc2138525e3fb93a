"""Random faults and heals with overlaps, all over the country at once: pages against the truth."""
