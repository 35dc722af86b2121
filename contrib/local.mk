# contrib/ is what surrounds the program: scripts, packaging, snippets.
