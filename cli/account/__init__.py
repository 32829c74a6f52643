"""The operator's own account: settings, profile, network connections, clients that sign with the operator's keys."""
