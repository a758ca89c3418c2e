"""A run as a folder for the hub: SAELens loads it, a card says what was measured, pages and files show its latents."""
