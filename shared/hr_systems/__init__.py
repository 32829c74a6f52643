"""Reads events of HR systems as events of people; where an event holds only an id, the person is looked up there."""
