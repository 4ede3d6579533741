/* A kernel thread that never leaves one function, so that a patch of it never comes into force. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct task_struct *thread;

static noinline int sleep_for_ever(void *unused)
{
	while (!kthread_should_stop())
		msleep_interruptible(100);
	return 0;
}

static int __init sleeper_init(void)
{
	thread = kthread_run(sleep_for_ever, NULL, "sleeper");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit sleeper_exit(void)
{
	kthread_stop(thread);
}
module_init(sleeper_init);
module_exit(sleeper_exit);
MODULE_LICENSE("GPL");
