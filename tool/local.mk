# tool/ is the verdict command, one file a subcommand.
