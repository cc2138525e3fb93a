"""Who is paged, with what words, and the delivery that does not give up."""
