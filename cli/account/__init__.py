"""The operator's own account: settings, profile, the way to the services, clients with the operator's keys."""
