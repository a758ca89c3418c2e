"""An exported program read as data and run, without unpickling anything."""
