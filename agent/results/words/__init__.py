"""What results say, in words: everything that a text, the page or the terminal says of how runs compare is phrased here."""
