"""What a machine and a procedure are told: settings, policies, calendars. The lowest floor; imports nothing of ours."""
