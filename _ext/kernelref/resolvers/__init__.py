"""What reaches outside: the archive, kernel trees, git. Used by the command line alone."""
