"""HR systems as they are asked: an event becomes what is told of a person, looked up where it holds an id alone."""
