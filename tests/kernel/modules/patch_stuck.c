/* Patches the function that the module "sleeper" never leaves. */
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/livepatch.h>

static int patched_sleep(void *unused)
{
	return 0;
}

static struct klp_func functions[] = {
	{ .old_name = "sleep_for_ever", .new_func = patched_sleep },
	{ }
};

static struct klp_object objects[] = { { .name = "sleeper", .funcs = functions }, { } };

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init patch_init(void) { return klp_enable_patch(&patch); }
static void __exit patch_exit(void) { }
module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
