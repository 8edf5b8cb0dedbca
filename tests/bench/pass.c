/* pass: the cheapest filter there can be: strict parse, splice one member, write. The unit of the benches. */
#include "cli/opt.h"
#include "cli/run.h"

int
main(int argc, char **argv)
{
	struct run run;
	struct rec r = {0};

	run_open(&run, opt_parse(argc, argv, NULL, "[file...]", "Splices a constant member into every record."));
	while (run_next(&run, &r)) {
		rec_set(&r, "pass", STR("{\"score\":-0.6,\"label\":\"neg\"}"));
		run_put(&run, &r);
	}
	rec_free(&r);
	return run_finish(&run);
}
