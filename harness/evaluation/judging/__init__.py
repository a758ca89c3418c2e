"""Who judges an explanation: any model that litellm knows, or recorded answers."""
