"""The same judges on fixed questions and fixed attacks, compared with the last result that somebody accepted."""
