"""What happens because time passes: deadlines, worklists, reports, invitations, retention."""
