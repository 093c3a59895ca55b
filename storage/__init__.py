"""Tables in, values out. The only place that speaks SQL."""
