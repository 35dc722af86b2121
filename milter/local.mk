# milter/ is about this process and its protocol.
