using SupplyChain.RepoNode.Commands;

return await NodeCommand.InvokeAsync(args);
