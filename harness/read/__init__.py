"""What is read: a language model, the text of a data set, in the tokens of the one the other."""
