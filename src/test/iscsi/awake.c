/*
 * For LD_PRELOAD: whoever sleeps for long wakes up every five seconds.
 *
 * iscsi-test-cu sleeps a minute between two looks at a sanitize operation and answers no NOP-In meanwhile, so that a
 * target which pings its initiators takes it for dead; the session it comes back with begins with a unit attention, and
 * the test sleeps on for ever.
 */
#include <time.h>

unsigned int sleep(unsigned int seconds)
{
	struct timespec awake = { seconds < 5 ? seconds : 5, 0 };

	nanosleep(&awake, 0);
	return 0;
}
