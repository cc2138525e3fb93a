"""Reports: what was, added up for people and for spreadsheets."""
