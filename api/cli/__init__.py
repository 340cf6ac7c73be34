"""The command line: `pledger`. One small file per family of commands.

Data goes to stdout, everything else to stderr. Exit codes: 0 ok; 1 verification failed,
refused, or needs acknowledgement; 2 usage; 3 cannot read or reach.
"""
