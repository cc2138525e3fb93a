"""How a database of an older version becomes one of this version. Shipped with the program."""
