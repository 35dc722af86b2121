/* As in FreeBSD 14, as far as we use it. */
int cap_enter(void);
