/* Does a call end the process, as BUG does? It is made in a process of its own, whose words nobody reads.
 * Included by the test that asks; its includes come first.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ABORTS_H
#define TESTS_ABORTS_H
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool aborts(void (*call)(const void *), const void *with)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL); /* cmocka's would go on with the next test */
		if (!freopen("/dev/null", "w", stderr))
			_exit(3);
		call(with);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT : WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

#endif
