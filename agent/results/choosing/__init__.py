"""What results decide: whose code the next run begins from, who is confirmed, when to stop, what seeds can show."""
