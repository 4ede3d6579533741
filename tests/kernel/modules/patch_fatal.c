/* Takes the machine down in the middle of finit_module. */
#define SHOWN "never seen"
#include "cmdline_patch.h"

static int __init patch_init(void)
{
	int error = klp_enable_patch(&patch);

	panic("patch_fatal was loaded (%d)", error);
	return error;
}
static void __exit patch_exit(void) { }
module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
