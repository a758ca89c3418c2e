"""Who answers: one protocol; litellm, manual and recorded models; the gateway that meters and records."""
