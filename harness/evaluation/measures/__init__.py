"""What an SAE is measured by, a module each: from tensors to numbers, with no files and no settings."""
