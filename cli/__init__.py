"""`im-access`: the operator's command, over the same rooms as the functions."""
