"""The checks of one event, computed anew from the log's bytes each time that they are asked for."""
