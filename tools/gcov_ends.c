/* Ways in which a process ends without gcov hearing of it: _exit, abort, and exec in a child. Linked into the coverage build with --wrap (mk/coverage.mk): they write
 * the counts first, as libgcov itself does where the compiler knows the function, which it does not with -std=c11.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>

enum { WORDS = 32 };
void __gcov_dump(void);
void __gcov_reset(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
_Noreturn void __real_abort(void);
_Noreturn void __wrap_abort(void);
int __real_execvp(const char *file, char *const argv[]);
int __wrap_execvp(const char *file, char *const argv[]);
int __wrap_execlp(const char *file, const char *arg, ...);

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

void __wrap_abort(void)
{
	__gcov_dump();
	__real_abort();
}

int __wrap_execvp(const char *file, char *const argv[])
{
	__gcov_dump();
	__gcov_reset(); /* it may fail: what comes then counts */
	return __real_execvp(file, argv);
}

int __wrap_execlp(const char *file, const char *arg, ...)
{
	char *argv[WORDS] = { (char *)arg };
	va_list ap;

	va_start(ap, arg);
	for (int i = 1; i < WORDS - 1 && (argv[i] = va_arg(ap, char *)); i++)
		;
	va_end(ap);
	return __wrap_execvp(file, argv);
}
