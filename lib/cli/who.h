#ifndef CLI_WHO_H
#define CLI_WHO_H
/* The login name of the person running the program (real user id), "uid-1234" when the system has none. Lives until exit. */
const char *cli_login(void);

#endif
