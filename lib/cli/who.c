#include "cli/who.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

const char *
cli_login(void)
{
	static char name[64];

	if (name[0] == '\0') {
		const struct passwd *pw = getpwuid(getuid());

		if (pw != NULL && pw->pw_name[0] != '\0')
			(void)snprintf(name, sizeof name, "%s", pw->pw_name);
		else
			(void)snprintf(name, sizeof name, "uid-%ld", (long)getuid());
	}
	return name;
}
