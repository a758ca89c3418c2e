"""A second model reads the finished draft: its objections, each with a quote and evidence, and the writer's answers."""
