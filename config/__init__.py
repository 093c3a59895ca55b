"""Configuration: settings, policies, calendars. The lowest layer: it imports nothing else of Reclamo."""
