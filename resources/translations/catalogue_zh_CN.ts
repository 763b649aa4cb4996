<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>problem</name>
        <message>
            <source>{message}.</source>
            <translation>{message}。</translation>
        </message>
        <message>
            <source>Run 'tandem {command} --help' to see how it is used.</source>
            <translation>运行 'tandem {command} --help' 查看用法。</translation>
        </message>
        <message>
            <source>'{command}' destroys something and there is no terminal to ask on.</source>
            <translation>'{command}' 会销毁内容，而没有可供询问的终端。</translation>
        </message>
        <message>
            <source>Look at the plan with --dry-run, then pass --yes.</source>
            <translation>先用 --dry-run 查看计划，再加 --yes。</translation>
        </message>
        <message>
            <source>'{command}' changes something and the console is in read-only mode.</source>
            <translation>'{command}' 会更改内容，而控制台处于只读模式。</translation>
        </message>
        <message>
            <source>Turn the read-only switch off in the window or run without --read-only.</source>
            <translation>请在窗口中关闭只读开关，或不带 --read-only 运行。</translation>
        </message>
        <message>
            <source>There is no file {path}.</source>
            <translation>没有文件 {path}。</translation>
        </message>
        <message>
            <source>Check the path and try again.</source>
            <translation>请检查路径后重试。</translation>
        </message>
        <message>
            <source>{path} cannot be read: {reason}.</source>
            <translation>无法读取 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check its permissions.</source>
            <translation>请检查其权限。</translation>
        </message>
        <message>
            <source>{path} cannot be written: {reason}.</source>
            <translation>无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check permissions and free space.</source>
            <translation>请检查权限和可用空间。</translation>
        </message>
        <message>
            <source>The filter is not understood at column {column}: {reason}.</source>
            <translation>无法理解筛选条件，第 {column} 列：{reason}。</translation>
        </message>
        <message>
            <source>Correct it there; its words are listed on its help page.</source>
            <translation>请在该处修改；可用的词见其帮助页。</translation>
        </message>
        <message>
            <source>{what} is not valid: {reason}.</source>
            <translation>{what} 无效：{reason}。</translation>
        </message>
        <message>
            <source>Correct it and try again.</source>
            <translation>请更正后重试。</translation>
        </message>
        <message>
            <source>There is no {kind} '{given}'.</source>
            <translation>没有 {kind} '{given}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem {listing}'.</source>
            <translation>用 'tandem {listing}' 列出。</translation>
        </message>
        <message>
            <source>'{given}' fits {count} {kind}s: {matches}.</source>
            <translation>'{given}' 匹配 {count} 个 {kind}：{matches}。</translation>
        </message>
        <message>
            <source>Give a few more characters.</source>
            <translation>请多输入几个字符。</translation>
        </message>
        <message>
            <source>There is already a {kind} named '{name}'.</source>
            <translation>已有名为 '{name}' 的 {kind}。</translation>
        </message>
        <message>
            <source>Choose another name.</source>
            <translation>请另选名称。</translation>
        </message>
        <message>
            <source>There is no option '{name}'.</source>
            <translation>没有选项 '{name}'。</translation>
        </message>
        <message>
            <source>See Settings for their names.</source>
            <translation>名称见设置。</translation>
        </message>
        <message>
            <source>Option '{name}' cannot be '{given}': {reason}.</source>
            <translation>选项 '{name}' 不能是 '{given}'：{reason}。</translation>
        </message>
        <message>
            <source>Give a value in range.</source>
            <translation>请给出范围内的值。</translation>
        </message>
        <message>
            <source>The database {path} was written by a newer Tandem (schema {found}, this one knows {known}).</source>
            <translation>数据库 {path} 由更新的 Tandem 写入（结构 {found}，本版本支持 {known}）。</translation>
        </message>
        <message>
            <source>Update Tandem, or start it with another --home.</source>
            <translation>请更新 Tandem，或用另一个 --home 启动。</translation>
        </message>
        <message>
            <source>The database {path} is damaged: {reason}.</source>
            <translation>数据库 {path} 已损坏：{reason}。</translation>
        </message>
        <message>
            <source>It was left as it is; restore a backup with 'tandem restore FILE', or move it away: what the servers hold is read again.</source>
            <translation>它保持原样；用 'tandem restore FILE' 恢复备份，或将其移走：服务器上的内容会重新读取。</translation>
        </message>
        <message>
            <source>The database could not be written: {reason}.</source>
            <translation>无法写入数据库：{reason}。</translation>
        </message>
        <message>
            <source>Free some disk space.</source>
            <translation>请释放一些磁盘空间。</translation>
        </message>
        <message>
            <source>Another Tandem is writing to {path} for longer than {timeout_s} s.</source>
            <translation>另一个 Tandem 写入 {path} 已超过 {timeout_s} 秒。</translation>
        </message>
        <message>
            <source>Try again in a moment.</source>
            <translation>请稍后重试。</translation>
        </message>
        <message>
            <source>{path} could not be written: {reason}.</source>
            <translation>无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check the permissions of the home folder and the disk below it.</source>
            <translation>请检查主文件夹及其所在磁盘的权限。</translation>
        </message>
        <message>
            <source>{path} is not a Tandem backup: {reason}.</source>
            <translation>{path} 不是 Tandem 备份：{reason}。</translation>
        </message>
        <message>
            <source>Choose another file.</source>
            <translation>请另选文件。</translation>
        </message>
        <message>
            <source>Nothing was changed, because the audit log cannot be written: {reason}.</source>
            <translation>未做任何更改，因为无法写入审计日志：{reason}。</translation>
        </message>
        <message>
            <source>Free disk space or mend the permissions of the home folder.</source>
            <translation>请释放磁盘空间或修正主文件夹的权限。</translation>
        </message>
        <message>
            <source>'{title}' was cancelled at the step '{step}'.</source>
            <translation>'{title}' 在步骤 '{step}' 被取消。</translation>
        </message>
        <message>
            <source>What it had half done was undone.</source>
            <translation>已完成一半的内容已撤销。</translation>
        </message>
        <message>
            <source>'{title}' failed at '{step}' ({reason}), and undoing '{undone}' failed too: {undo_reason}.</source>
            <translation>'{title}' 在 '{step}' 失败（{reason}），撤销 '{undone}' 也失败：{undo_reason}。</translation>
        </message>
        <message>
            <source>Look at the server before trying again.</source>
            <translation>重试前请先查看服务器。</translation>
        </message>
        <message>
            <source>'{title}' stopped at the step '{step}' by a fault in Tandem: {reason}.</source>
            <translation>'{title}' 因 Tandem 的故障停在步骤 '{step}'：{reason}。</translation>
        </message>
        <message>
            <source>Look at the target before trying again, and report it with the log.</source>
            <translation>重试前请先查看目标，并附日志报告。</translation>
        </message>
        <message>
            <source>{sentence}</source>
            <translation>{sentence}</translation>
        </message>
        <message>
            <source>{remedy}</source>
            <translation>{remedy}</translation>
        </message>
        <message>
            <source>There is no operation '{id}'.</source>
            <translation>没有操作 '{id}'。</translation>
        </message>
        <message>
            <source>Open Activity for the ones that are kept.</source>
            <translation>请在活动中查看保留的操作。</translation>
        </message>
        <message>
            <source>The plugin in {path} was not loaded: {reason}.</source>
            <translation>{path} 中的插件未加载：{reason}。</translation>
        </message>
        <message>
            <source>Mend or remove it.</source>
            <translation>请修复或移除它。</translation>
        </message>
        <message>
            <source>Plugin '{plugin}' failed: {reason}.</source>
            <translation>插件 '{plugin}' 失败：{reason}。</translation>
        </message>
        <message>
            <source>Disable it, or tell its author.</source>
            <translation>请停用它，或告知其作者。</translation>
        </message>
        <message>
            <source>The demo needs {missing}, which is not installed.</source>
            <translation>演示需要 {missing}，但尚未安装。</translation>
        </message>
        <message>
            <source>Install it with: pip install 'tandem-console[demo]'.</source>
            <translation>安装命令：pip install 'tandem-console[demo]'。</translation>
        </message>
        <message>
            <source>The round ended outside its bounds: {reason}.</source>
            <translation>整轮结果超出界限：{reason}。</translation>
        </message>
        <message>
            <source>Run it again with --debug and report it.</source>
            <translation>请用 --debug 再次运行并报告。</translation>
        </message>
        <message>
            <source>The window cannot open: {reason}.</source>
            <translation>无法打开窗口：{reason}。</translation>
        </message>
        <message>
            <source>PySide6 {version} aborts Python {python}.</source>
            <translation>PySide6 {version} 会使 Python {python} 崩溃。</translation>
        </message>
        <message>
            <source>Install 'PySide6-Essentials&lt;6.12' or use Python 3.12 or newer.</source>
            <translation>请安装 'PySide6-Essentials&lt;6.12' 或使用 Python 3.12 及以上。</translation>
        </message>
        <message>
            <source>There is no server '{name}'.</source>
            <translation>没有服务器 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem server list'.</source>
            <translation>用 'tandem server list' 列出。</translation>
        </message>
        <message>
            <source>'{name}' cannot be a server's name: {reason}.</source>
            <translation>'{name}' 不能作为服务器名称：{reason}。</translation>
        </message>
        <message>
            <source>Use letters, digits, dots, dashes and underscores.</source>
            <translation>请使用字母、数字、点、短横线和下划线。</translation>
        </message>
        <message>
            <source>'{host}' cannot be a host: {reason}.</source>
            <translation>'{host}' 不能作为主机：{reason}。</translation>
        </message>
        <message>
            <source>Give a host name or an address.</source>
            <translation>请给出主机名或地址。</translation>
        </message>
        <message>
            <source>{server} takes no new work: {reason}.</source>
            <translation>{server} 不接受新任务：{reason}。</translation>
        </message>
        <message>
            <source>Choose another server, or let it work again with 'tandem server resume {server}'.</source>
            <translation>请另选服务器，或用 'tandem server resume {server}' 让它恢复工作。</translation>
        </message>
        <message>
            <source>Server '{name}' still has {what}.</source>
            <translation>服务器 '{name}' 仍有 {what}。</translation>
        </message>
        <message>
            <source>Remove those first.</source>
            <translation>请先移除它们。</translation>
        </message>
        <message>
            <source>{server}: the name {host} cannot be resolved: {reason}.</source>
            <translation>{server}：无法解析名称 {host}：{reason}。</translation>
        </message>
        <message>
            <source>Check the host name.</source>
            <translation>请检查主机名。</translation>
        </message>
        <message>
            <source>{server}: {host} port {port} refused the connection.</source>
            <translation>{server}：{host} 端口 {port} 拒绝连接。</translation>
        </message>
        <message>
            <source>Check that sshd runs there and that the port is right.</source>
            <translation>请检查那里是否运行 sshd 以及端口是否正确。</translation>
        </message>
        <message>
            <source>{server}: {host} cannot be reached: {reason}.</source>
            <translation>{server}：无法到达 {host}：{reason}。</translation>
        </message>
        <message>
            <source>Check the network and the address.</source>
            <translation>请检查网络和地址。</translation>
        </message>
        <message>
            <source>{server}: no answer within {timeout_s} s while {stage}.</source>
            <translation>{server}：{stage} 时 {timeout_s} 秒内无应答。</translation>
        </message>
        <message>
            <source>Check the network and the load of the server, then try again.</source>
            <translation>请检查网络和服务器负载后重试。</translation>
        </message>
        <message>
            <source>{server}: {host} port {port} takes no new connection now: {limit}.</source>
            <translation>{server}：{host} 端口 {port} 目前不接受新连接：{limit}。</translation>
        </message>
        <message>
            <source>Tandem tries again by itself, more slowly; the server's owner can raise the limit.</source>
            <translation>Tandem 会自行放慢重试；服务器所有者可以提高该限制。</translation>
        </message>
        <message>
            <source>{server}: {via}, on the way, lets nobody through to {host} port {port}: {reason}.</source>
            <translation>{server}：途经的 {via} 不允许连接 {host} 端口 {port}：{reason}。</translation>
        </message>
        <message>
            <source>Ask its owner for AllowTcpForwarding or PermitOpen in its sshd_config; {via} itself works without.</source>
            <translation>请其所有者在 sshd_config 中设置 AllowTcpForwarding 或 PermitOpen；{via} 本身仍可使用。</translation>
        </message>
        <message>
            <source>{server}: what answers at {host} port {port} is not SSH: {reason}.</source>
            <translation>{server}：{host} 端口 {port} 应答的不是 SSH：{reason}。</translation>
        </message>
        <message>
            <source>Check the port.</source>
            <translation>请检查端口。</translation>
        </message>
        <message>
            <source>{server}: no {kind} in common; the server offers {theirs}, Tandem offers {ours}.</source>
            <translation>{server}：没有共同的 {kind}；服务器提供 {theirs}，Tandem 提供 {ours}。</translation>
        </message>
        <message>
            <source>Enable one of Tandem's algorithms in the server's sshd_config.</source>
            <translation>请在服务器的 sshd_config 中启用 Tandem 的一种算法。</translation>
        </message>
        <message>
            <source>{server}: the host key {key_type} {fingerprint} of {host} port {port} is not known yet.</source>
            <translation>{server}：{host} 端口 {port} 的主机密钥 {key_type} {fingerprint} 尚未知。</translation>
        </message>
        <message>
            <source>Compare the fingerprint with the server's owner, then run 'tandem server trust {server}'.</source>
            <translation>请与服务器所有者核对指纹，然后运行 'tandem server trust {server}'。</translation>
        </message>
        <message>
            <source>{server}: the host key of {host} port {port} is now {fingerprint}, not the one kept in {file} line {line}; someone may be in between.</source>
            <translation>{server}：{host} 端口 {port} 的主机密钥现在是 {fingerprint}，与 {file} 第 {line} 行保存的不同；可能有中间人。</translation>
        </message>
        <message>
            <source>Do not connect. If the server was really set up anew, remove that line and trust it again.</source>
            <translation>请勿连接。若服务器确已重装，请删除该行后重新信任。</translation>
        </message>
        <message>
            <source>{server}: the host key {fingerprint} of {host} is marked revoked in {file} line {line}.</source>
            <translation>{server}：{host} 的主机密钥 {fingerprint} 在 {file} 第 {line} 行标记为已吊销。</translation>
        </message>
        <message>
            <source>Do not connect; ask the server's owner.</source>
            <translation>请勿连接；请询问服务器所有者。</translation>
        </message>
        <message>
            <source>{server}: the host key {fingerprint} of {host} has {bits} bits, fewer than {minimum}.</source>
            <translation>{server}：{host} 的主机密钥 {fingerprint} 只有 {bits} 位，少于 {minimum}。</translation>
        </message>
        <message>
            <source>Ask the server's owner for a new host key: ssh-keygen -A makes an ed25519 one.</source>
            <translation>请服务器所有者更换主机密钥：ssh-keygen -A 会生成 ed25519 密钥。</translation>
        </message>
        <message>
            <source>{server}: the host certificate of {host} port {port} does not count: {reason}.</source>
            <translation>{server}：{host} 端口 {port} 的主机证书无效：{reason}。</translation>
        </message>
        <message>
            <source>Ask the server's owner for a right one; its plain key {key_type} {fingerprint} can be trusted with 'tandem server trust {server}'.</source>
            <translation>请向服务器所有者索取正确的证书；也可以用“tandem server trust {server}”信任其普通密钥 {key_type} {fingerprint}。</translation>
        </message>
        <message>
            <source>{server}: the host key is {found}, not {given}.</source>
            <translation>{server}：主机密钥是 {found}，不是 {given}。</translation>
        </message>
        <message>
            <source>Do not trust it; ask the server's owner for the right fingerprint.</source>
            <translation>请勿信任；请向服务器所有者索取正确指纹。</translation>
        </message>
        <message>
            <source>{server}: {user} was not let in; tried {tried}; the server accepts {accepted}.</source>
            <translation>{server}：{user} 未获准登录；已尝试 {tried}；服务器接受 {accepted}。</translation>
        </message>
        <message>
            <source>Check the user and the key; Tandem does not try again by itself.</source>
            <translation>请检查用户和密钥；Tandem 不会自动重试。</translation>
        </message>
        <message>
            <source>{server}: the key {path} cannot be used: {reason}.</source>
            <translation>{server}：密钥 {path} 无法使用：{reason}。</translation>
        </message>
        <message>
            <source>Check the file.</source>
            <translation>请检查该文件。</translation>
        </message>
        <message>
            <source>{file} line {line}: {reason}.</source>
            <translation>{file} 第 {line} 行：{reason}。</translation>
        </message>
        <message>
            <source>Mend that line or add the server by hand.</source>
            <translation>请修正该行或手动添加服务器。</translation>
        </message>
        <message>
            <source>{file} line {line} runs a command, and others than you may write to that file.</source>
            <translation>{file} 第 {line} 行会运行命令，而您以外的人可以改写该文件。</translation>
        </message>
        <message>
            <source>Make it yours alone: chmod go-w, and own it.</source>
            <translation>请让该文件只归您所有：chmod go-w，并归您的账户。</translation>
        </message>
        <message>
            <source>'{alias}' is not an alias of {file}.</source>
            <translation>'{alias}' 不是 {file} 中的别名。</translation>
        </message>
        <message>
            <source>See 'tandem server import'.</source>
            <translation>见 'tandem server import'。</translation>
        </message>
        <message>
            <source>{server}: {what} is not supported.</source>
            <translation>{server}：不支持 {what}。</translation>
        </message>
        <message>
            <source>{server}: its jump servers form a loop: {chain}.</source>
            <translation>{server}：其跳板服务器形成循环：{chain}。</translation>
        </message>
        <message>
            <source>Change --jump on one of them.</source>
            <translation>请更改其中一台的 --jump。</translation>
        </message>
        <message>
            <source>{server}: the connection was lost: {reason}.</source>
            <translation>{server}：连接中断：{reason}。</translation>
        </message>
        <message>
            <source>Tandem reconnects by itself.</source>
            <translation>Tandem 会自动重新连接。</translation>
        </message>
        <message>
            <source>{server}: the server opened no further channel: {reason}.</source>
            <translation>{server}：服务器未能再打开通道：{reason}。</translation>
        </message>
        <message>
            <source>Its MaxSessions may be used up; close other sessions.</source>
            <translation>其 MaxSessions 可能已用尽；请关闭其他会话。</translation>
        </message>
        <message>
            <source>{server}: the server broke the SSH protocol: {reason}.</source>
            <translation>{server}：服务器违反 SSH 协议：{reason}。</translation>
        </message>
        <message>
            <source>Tell the server's owner.</source>
            <translation>请告知服务器所有者。</translation>
        </message>
        <message>
            <source>The system keyring could not be used: {reason}.</source>
            <translation>无法使用系统密钥环：{reason}。</translation>
        </message>
        <message>
            <source>The secret is kept for this run only; unlock the keyring or start its service to keep it.</source>
            <translation>该机密只在本次运行中保留；要长期保存，请解锁密钥环或启动其服务。</translation>
        </message>
        <message>
            <source>Local port {port} is taken.</source>
            <translation>本地端口 {port} 已被占用。</translation>
        </message>
        <message>
            <source>Choose another with --local-port, or leave it out.</source>
            <translation>用 --local-port 另选，或省略它。</translation>
        </message>
        <message>
            <source>{server}: {path} became shorter while it was copied.</source>
            <translation>{server}：{path} 在复制过程中变短了。</translation>
        </message>
        <message>
            <source>Try again when nothing writes to it.</source>
            <translation>等没有程序写入它时再试。</translation>
        </message>
        <message>
            <source>{server}: nothing came through to {host} port {port}: {reason}.</source>
            <translation>{server}：无法到达 {host} 端口 {port}：{reason}。</translation>
        </message>
        <message>
            <source>Check that something listens there and that the server allows forwards to it.</source>
            <translation>请检查那里是否有程序在监听，以及服务器是否允许转发到该处。</translation>
        </message>
        <message>
            <source>{server}: no terminal could be opened here.</source>
            <translation>{server}：无法在此打开终端。</translation>
        </message>
        <message>
            <source>Run it in one that you have: {command}</source>
            <translation>请在您的终端中运行：{command}</translation>
        </message>
        <message>
            <source>No server fits the filter '{filter}'.</source>
            <translation>没有服务器符合筛选条件“{filter}”。</translation>
        </message>
        <message>
            <source>List servers with their labels with 'tandem server list'.</source>
            <translation>用“tandem server list”列出服务器及其标签。</translation>
        </message>
        <message>
            <source>{server}: {path} was changed by someone else since it was read.</source>
            <translation>{server}：{path} 在读取之后已被他人更改。</translation>
        </message>
        <message>
            <source>Read it again, then make your change anew.</source>
            <translation>请重新读取，然后再次修改。</translation>
        </message>
        <message>
            <source>{server}: {path} is there already.</source>
            <translation>{server}：{path} 已存在。</translation>
        </message>
        <message>
            <source>Choose another name, or replace it knowingly.</source>
            <translation>请另选名称，或明确替换它。</translation>
        </message>
        <message>
            <source>{server}: {path} cannot be edited as text: {reason}.</source>
            <translation>{server}：无法将 {path} 作为文本编辑：{reason}。</translation>
        </message>
        <message>
            <source>Fetch it with 'tandem pull' instead.</source>
            <translation>请改用“tandem pull”取回。</translation>
        </message>
        <message>
            <source>{server}: {path} is not deleted: {reason}.</source>
            <translation>{server}：未删除 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Name what is below it, or use 'tandem server clean' for what Tandem left.</source>
            <translation>请指明其下的内容；清除 Tandem 留下的内容请用“tandem server clean”。</translation>
        </message>
        <message>
            <source>{server}: the disk is full: {needed} needed for {path}, {free} free.</source>
            <translation>{server}：磁盘已满：{path} 需要 {needed}，剩余 {free}。</translation>
        </message>
        <message>
            <source>Free space there; the partial file was removed.</source>
            <translation>请在那里释放空间；部分文件已删除。</translation>
        </message>
        <message>
            <source>{copied} files are in their place; left out: {names}.</source>
            <translation>{copied} 个文件已就位；未复制：{names}。</translation>
        </message>
        <message>
            <source>Rename or repair what was left out, then copy again; what is there already is not sent again.</source>
            <translation>请重命名或修复未复制的内容，然后再次复制；已就位的不会重新发送。</translation>
        </message>
        <message>
            <source>The disk here is too full for {path}: {needed} are needed, {free} are free.</source>
            <translation>本机磁盘空间不足以存放 {path}：需要 {needed}，可用 {free}。</translation>
        </message>
        <message>
            <source>Free space on this machine or choose another place.</source>
            <translation>请在本机腾出空间，或选择其他位置。</translation>
        </message>
        <message>
            <source>{server}: {path} arrived with another hash than was sent.</source>
            <translation>{server}：{path} 到达时哈希与发送时不同。</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>请重试。</translation>
        </message>
        <message>
            <source>{server}: {path} could not be transferred: {reason}.</source>
            <translation>{server}：无法传输 {path}：{reason}。</translation>
        </message>
        <message>
            <source>{server}: there is no Python 3.6 or newer there.</source>
            <translation>{server}：那里没有 Python 3.6 或更新版本。</translation>
        </message>
        <message>
            <source>Live numbers are read by shell; for jobs and deployments install python3 or name one with --python.</source>
            <translation>实时数值由 shell 读取；作业和部署请安装 python3，或用 --python 指定。</translation>
        </message>
        <message>
            <source>{server}: the interpreter {path} is not there or does not start.</source>
            <translation>{server}：解释器 {path} 不存在或无法启动。</translation>
        </message>
        <message>
            <source>Correct it with 'tandem server add {server} --python PATH'.</source>
            <translation>用 'tandem server add {server} --python PATH' 更正。</translation>
        </message>
        <message>
            <source>{server}: the login shell printed {bytes} bytes and the agent never answered.</source>
            <translation>{server}：登录 shell 输出了 {bytes} 字节，代理始终未应答。</translation>
        </message>
        <message>
            <source>Make the shell's start-up files quiet for non-interactive sessions.</source>
            <translation>请让 shell 启动文件在非交互会话中保持安静。</translation>
        </message>
        <message>
            <source>{server}: the agent's answer could not be read: {reason}.</source>
            <translation>{server}：无法读取代理的应答：{reason}。</translation>
        </message>
        <message>
            <source>Reconnect; if it stays, report it.</source>
            <translation>请重新连接；若仍存在请报告。</translation>
        </message>
        <message>
            <source>{server}: no answer to '{method}' within {timeout_s} s.</source>
            <translation>{server}：'{method}' 在 {timeout_s} 秒内无应答。</translation>
        </message>
        <message>
            <source>The server may be overloaded; try again.</source>
            <translation>服务器可能过载；请重试。</translation>
        </message>
        <message>
            <source>{server}: '{method}' sent more than was taken, and the rest was dropped.</source>
            <translation>{server}：'{method}' 发送的多于被接收的，其余已丢弃。</translation>
        </message>
        <message>
            <source>Start it again from where it stopped.</source>
            <translation>请从停止处重新开始。</translation>
        </message>
        <message>
            <source>{server}: '{method}' failed there: {reason}.</source>
            <translation>{server}：'{method}' 在那里失败：{reason}。</translation>
        </message>
        <message>
            <source>See the log for details.</source>
            <translation>详情见日志。</translation>
        </message>
        <message>
            <source>{server}: the disk that holds {path} is full.</source>
            <translation>{server}：{path} 所在磁盘已满。</translation>
        </message>
        <message>
            <source>Free some space there, then try again; nothing was started.</source>
            <translation>请在那里释放空间后重试；未启动任何内容。</translation>
        </message>
        <message>
            <source>{server}: {path} cannot be written: {reason}.</source>
            <translation>{server}：无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check quota and permissions there.</source>
            <translation>请检查那里的配额和权限。</translation>
        </message>
        <message>
            <source>{server}: there is no {path}.</source>
            <translation>{server}：没有 {path}。</translation>
        </message>
        <message>
            <source>Check the path on the server.</source>
            <translation>请检查服务器上的路径。</translation>
        </message>
        <message>
            <source>{server}: {path} is not a private folder of yours: {reason}.</source>
            <translation>{server}：{path} 不是您的私有文件夹：{reason}。</translation>
        </message>
        <message>
            <source>Move it away; Tandem makes its own with mode 0700.</source>
            <translation>请将其移走；Tandem 会以 0700 权限自行创建。</translation>
        </message>
        <message>
            <source>{server}: {what} still runs.</source>
            <translation>{server}：{what} 仍在运行。</translation>
        </message>
        <message>
            <source>Stop it first.</source>
            <translation>请先停止它。</translation>
        </message>
        <message>
            <source>{server}: the command '{command}' is not there.</source>
            <translation>{server}：没有命令 '{command}'。</translation>
        </message>
        <message>
            <source>Give a path that exists on the server, or a name in its PATH.</source>
            <translation>请给出服务器上存在的路径，或其 PATH 中的名称。</translation>
        </message>
        <message>
            <source>{server}: there is no script {path} (looked in {workdir}).</source>
            <translation>{server}：没有脚本 {path}（在 {workdir} 中查找）。</translation>
        </message>
        <message>
            <source>Give a path that exists on the server.</source>
            <translation>请给出服务器上存在的路径。</translation>
        </message>
        <message>
            <source>{server}: {wanted} accelerators were asked for and it has {present}.</source>
            <translation>{server}：请求了 {wanted} 个加速器，而它有 {present} 个。</translation>
        </message>
        <message>
            <source>Ask for fewer, or choose another server.</source>
            <translation>请减少请求，或另选服务器。</translation>
        </message>
        <message>
            <source>{server}: a job {id} was already submitted.</source>
            <translation>{server}：作业 {id} 已提交过。</translation>
        </message>
        <message>
            <source>Look at it with 'tandem job show {id}'.</source>
            <translation>用 'tandem job show {id}' 查看。</translation>
        </message>
        <message>
            <source>Job {id} has ended already ({state}).</source>
            <translation>作业 {id} 已经结束（{state}）。</translation>
        </message>
        <message>
            <source>There is nothing to cancel.</source>
            <translation>没有可取消的内容。</translation>
        </message>
        <message>
            <source>Job {id} has no outputs.</source>
            <translation>作业 {id} 没有输出。</translation>
        </message>
        <message>
            <source>Name them with --output at submit.</source>
            <translation>提交时用 --output 指定。</translation>
        </message>
        <message>
            <source>No server fits: {reason}.</source>
            <translation>没有合适的服务器：{reason}。</translation>
        </message>
        <message>
            <source>Loosen the labels or ask for fewer accelerators.</source>
            <translation>请放宽标签或减少加速器。</translation>
        </message>
        <message>
            <source>There is no recipe '{name}'.</source>
            <translation>没有配方 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem recipe list'.</source>
            <translation>用 'tandem recipe list' 列出。</translation>
        </message>
        <message>
            <source>Recipe '{recipe}': parameter '{name}' {reason}.</source>
            <translation>配方 '{recipe}'：参数 '{name}' {reason}。</translation>
        </message>
        <message>
            <source>See 'tandem recipe show {recipe}'.</source>
            <translation>见 'tandem recipe show {recipe}'。</translation>
        </message>
        <message>
            <source>{server}: {python} lacks {modules}, which recipe '{recipe}' needs.</source>
            <translation>{server}：{python} 缺少配方 '{recipe}' 所需的 {modules}。</translation>
        </message>
        <message>
            <source>Name an interpreter that has them with --python or --venv.</source>
            <translation>请用 --python 或 --venv 指定包含它们的解释器。</translation>
        </message>
        <message>
            <source>There is no model '{name}'.</source>
            <translation>没有模型 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem model list'.</source>
            <translation>用 'tandem model list' 列出。</translation>
        </message>
        <message>
            <source>Model '{name}' has no version '{version}'; it has {versions}.</source>
            <translation>模型 '{name}' 没有版本 '{version}'；现有 {versions}。</translation>
        </message>
        <message>
            <source>See 'tandem model show {name}'.</source>
            <translation>见 'tandem model show {name}'。</translation>
        </message>
        <message>
            <source>There is no model file {path}.</source>
            <translation>没有模型文件 {path}。</translation>
        </message>
        <message>
            <source>Check the path; with --server it is a path there.</source>
            <translation>请检查路径；使用 --server 时是服务器上的路径。</translation>
        </message>
        <message>
            <source>The format of {path} cannot be told from its name.</source>
            <translation>无法从名称判断 {path} 的格式。</translation>
        </message>
        <message>
            <source>Name it with --format.</source>
            <translation>请用 --format 指定。</translation>
        </message>
        <message>
            <source>{path}: {reason}.</source>
            <translation>{path}：{reason}。</translation>
        </message>
        <message>
            <source>Save the weights as safetensors or torchscript.</source>
            <translation>请将权重保存为 safetensors 或 torchscript。</translation>
        </message>
        <message>
            <source>There is no deployment '{name}'.</source>
            <translation>没有部署 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem deploy list'.</source>
            <translation>用 'tandem deploy list' 列出。</translation>
        </message>
        <message>
            <source>{server}: port {port} is taken there.</source>
            <translation>{server}：端口 {port} 已被占用。</translation>
        </message>
        <message>
            <source>Choose another with --port, or leave it out.</source>
            <translation>用 --port 另选，或省略它。</translation>
        </message>
        <message>
            <source>No runtime serves a model of format '{format}'; there are {runtimes}.</source>
            <translation>没有运行时支持 '{format}' 格式的模型；现有 {runtimes}。</translation>
        </message>
        <message>
            <source>Name one with --runtime.</source>
            <translation>请用 --runtime 指定。</translation>
        </message>
        <message>
            <source>{server}: the environment {path} cannot serve this model: {reason}.</source>
            <translation>{server}：环境 {path} 无法为此模型提供服务：{reason}。</translation>
        </message>
        <message>
            <source>Name one that has the packages with --venv, or leave it out to let Tandem make one.</source>
            <translation>请用 --venv 指定包含所需包的环境，或省略让 Tandem 创建。</translation>
        </message>
        <message>
            <source>{server}: the environment could not be made: {reason}.</source>
            <translation>{server}：无法创建环境：{reason}。</translation>
        </message>
        <message>
            <source>See the operation's log in Activity.</source>
            <translation>见活动中的操作日志。</translation>
        </message>
        <message>
            <source>{server}: no usable HAProxy: {reason}.</source>
            <translation>{server}：没有可用的 HAProxy：{reason}。</translation>
        </message>
        <message>
            <source>Install HAProxy 2.6 or newer there, or use an x86-64 or arm64 server with glibc.</source>
            <translation>请在那里安装 HAProxy 2.6 或更新版本，或使用带 glibc 的 x86-64 或 arm64 服务器。</translation>
        </message>
        <message>
            <source>{server}: the router answered '{reason}'.</source>
            <translation>{server}：路由器应答 '{reason}'。</translation>
        </message>
        <message>
            <source>See the deployment's log.</source>
            <translation>见部署日志。</translation>
        </message>
        <message>
            <source>{server}: version {version} was not ready within {timeout_s} s; last lines: {log}.</source>
            <translation>{server}：版本 {version} 在 {timeout_s} 秒内未就绪；最后几行：{log}。</translation>
        </message>
        <message>
            <source>The old version serves on; see the replica's log.</source>
            <translation>旧版本继续服务；见副本日志。</translation>
        </message>
        <message>
            <source>{server}: the replica of version {version} ended with {exit}; last lines: {log}.</source>
            <translation>{server}：版本 {version} 的副本以 {exit} 结束；最后几行：{log}。</translation>
        </message>
        <message>
            <source>See the replica's log; the old version serves on.</source>
            <translation>见副本日志；旧版本继续服务。</translation>
        </message>
        <message>
            <source>{server}: deployment '{name}' was changed by {who} at the same time.</source>
            <translation>{server}：部署 '{name}' 同时被 {who} 更改。</translation>
        </message>
        <message>
            <source>Look at it, then try again.</source>
            <translation>请查看后重试。</translation>
        </message>
        <message>
            <source>{server}: what is kept there of deployment '{name}' cannot be read: {reason}.</source>
            <translation>{server}：无法读取那里保存的部署 '{name}'：{reason}。</translation>
        </message>
        <message>
            <source>Remove the deployment and create it anew.</source>
            <translation>请移除该部署并重新创建。</translation>
        </message>
        <message>
            <source>{server}: deployment '{name}' was made by a newer Tandem (form {found}, this one knows {known}).</source>
            <translation>{server}：部署 '{name}' 由更新的 Tandem 创建（形式 {found}，本版本支持 {known}）。</translation>
        </message>
        <message>
            <source>Update Tandem.</source>
            <translation>请更新 Tandem。</translation>
        </message>
        <message>
            <source>Deployment '{name}' has no earlier release that is still kept.</source>
            <translation>部署 '{name}' 没有仍保留的早期发布。</translation>
        </message>
        <message>
            <source>Use 'tandem deploy update'.</source>
            <translation>请使用 'tandem deploy update'。</translation>
        </message>
        <message>
            <source>Deployment '{name}' answered {status}: {reason}.</source>
            <translation>部署 '{name}' 应答 {status}：{reason}。</translation>
        </message>
        <message>
            <source>Check the input against the model.</source>
            <translation>请对照模型检查输入。</translation>
        </message>
    </context>
    <context>
        <name>command</name>
        <message>
            <source>Search or run a command</source>
            <translation>搜索或运行命令</translation>
        </message>
        <message>
            <source>Find a page, a server, a job or a command.</source>
            <translation>查找页面、服务器、作业或命令。</translation>
        </message>
        <message>
            <source>Read-only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Disable every command that changes something.</source>
            <translation>禁用所有会更改内容的命令。</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Close the window; jobs and deployments go on on their servers.</source>
            <translation>关闭窗口；作业和部署在服务器上继续运行。</translation>
        </message>
        <message>
            <source>Back up…</source>
            <translation>备份…</translation>
        </message>
        <message>
            <source>Copy everything local into one file.</source>
            <translation>将本机的全部数据复制到一个文件。</translation>
        </message>
        <message>
            <source>Restore…</source>
            <translation>恢复…</translation>
        </message>
        <message>
            <source>Put a backup in place of everything local.</source>
            <translation>用备份替换本机的全部数据。</translation>
        </message>
        <message>
            <source>Check this installation</source>
            <translation>检查本机安装</translation>
        </message>
        <message>
            <source>What works, what does not, what to do.</source>
            <translation>哪些可用、哪些不可用、该怎么做。</translation>
        </message>
        <message>
            <source>Show plugins</source>
            <translation>显示插件</translation>
        </message>
        <message>
            <source>Which plugins are loaded, and which are not and why.</source>
            <translation>哪些插件已加载，哪些未加载及原因。</translation>
        </message>
        <message>
            <source>Approve plugin…</source>
            <translation>批准插件…</translation>
        </message>
        <message>
            <source>Consent to what a third-party plugin's folder holds now.</source>
            <translation>同意第三方插件文件夹当前的内容。</translation>
        </message>
        <message>
            <source>Revoke plugin…</source>
            <translation>撤销插件…</translation>
        </message>
        <message>
            <source>Take the consent to a third-party plugin back.</source>
            <translation>撤回对第三方插件的同意。</translation>
        </message>
        <message>
            <source>Add server…</source>
            <translation>添加服务器…</translation>
        </message>
        <message>
            <source>Enter a server by hand.</source>
            <translation>手动输入服务器。</translation>
        </message>
        <message>
            <source>Import from ssh_config…</source>
            <translation>从 ssh_config 导入…</translation>
        </message>
        <message>
            <source>Enter the hosts of your SSH configuration.</source>
            <translation>导入 SSH 配置中的主机。</translation>
        </message>
        <message>
            <source>Find free GPUs…</source>
            <translation>查找空闲 GPU…</translation>
        </message>
        <message>
            <source>Servers that have so many accelerators to spare now.</source>
            <translation>现在有足够空闲加速器的服务器。</translation>
        </message>
        <message>
            <source>Show saved views</source>
            <translation>显示已保存的视图</translation>
        </message>
        <message>
            <source>The saved views of the fleet.</source>
            <translation>机群的已保存视图。</translation>
        </message>
        <message>
            <source>Save view…</source>
            <translation>保存视图…</translation>
        </message>
        <message>
            <source>Keep filter, grouping and order of the fleet under a name.</source>
            <translation>以一个名称保存机群的筛选、分组和排序。</translation>
        </message>
        <message>
            <source>Forget view</source>
            <translation>移除视图</translation>
        </message>
        <message>
            <source>Forget a saved view of the fleet.</source>
            <translation>移除一个已保存的机群视图。</translation>
        </message>
        <message>
            <source>Trust host key…</source>
            <translation>信任主机密钥…</translation>
        </message>
        <message>
            <source>Look at the key that the server shows and trust it.</source>
            <translation>查看服务器出示的密钥并信任它。</translation>
        </message>
        <message>
            <source>Check server</source>
            <translation>检查服务器</translation>
        </message>
        <message>
            <source>Connect and tell what works there.</source>
            <translation>连接并报告那里可用的功能。</translation>
        </message>
        <message>
            <source>Run a command…</source>
            <translation>运行命令…</translation>
        </message>
        <message>
            <source>Run one command line on a server and show what it prints.</source>
            <translation>在服务器上运行一条命令并显示输出。</translation>
        </message>
        <message>
            <source>Push files…</source>
            <translation>上传文件…</translation>
        </message>
        <message>
            <source>Copy a file or folder of this machine to a server; resumes, verifies.</source>
            <translation>把本机的文件或文件夹复制到服务器；可续传，并校验。</translation>
        </message>
        <message>
            <source>Pull files…</source>
            <translation>下载文件…</translation>
        </message>
        <message>
            <source>Copy a file or folder of a server to this machine; resumes, verifies.</source>
            <translation>把服务器上的文件或文件夹复制到本机；可续传，并校验。</translation>
        </message>
        <message>
            <source>Copy between servers…</source>
            <translation>在服务器之间复制…</translation>
        </message>
        <message>
            <source>Copy a file or folder of one server to another one.</source>
            <translation>把一台服务器上的文件或文件夹复制到另一台。</translation>
        </message>
        <message>
            <source>Run a command on many servers…</source>
            <translation>在多台服务器上运行命令…</translation>
        </message>
        <message>
            <source>Run one command line wherever a filter fits.</source>
            <translation>在符合筛选条件的所有服务器上运行一条命令。</translation>
        </message>
        <message>
            <source>Open terminal</source>
            <translation>打开终端</translation>
        </message>
        <message>
            <source>Open your own terminal on the server.</source>
            <translation>在服务器上打开您自己的终端。</translation>
        </message>
        <message>
            <source>Show ssh command</source>
            <translation>显示 ssh 命令</translation>
        </message>
        <message>
            <source>The ssh command line that leads to the server.</source>
            <translation>通往该服务器的 ssh 命令行。</translation>
        </message>
        <message>
            <source>Open forward…</source>
            <translation>打开端口转发…</translation>
        </message>
        <message>
            <source>Reach a port of the server through a port of this machine.</source>
            <translation>通过本机端口访问服务器的端口。</translation>
        </message>
        <message>
            <source>Close forward</source>
            <translation>关闭端口转发</translation>
        </message>
        <message>
            <source>Free the local port; its connections end.</source>
            <translation>释放本地端口；其连接将结束。</translation>
        </message>
        <message>
            <source>Browse files</source>
            <translation>浏览文件</translation>
        </message>
        <message>
            <source>Look at the files of the server.</source>
            <translation>查看服务器上的文件。</translation>
        </message>
        <message>
            <source>Show text file</source>
            <translation>显示文本文件</translation>
        </message>
        <message>
            <source>Read a small text file of the server.</source>
            <translation>读取服务器上的小型文本文件。</translation>
        </message>
        <message>
            <source>Save text file</source>
            <translation>保存文本文件</translation>
        </message>
        <message>
            <source>Write a small text file on the server.</source>
            <translation>在服务器上写入小型文本文件。</translation>
        </message>
        <message>
            <source>Rename file…</source>
            <translation>重命名文件…</translation>
        </message>
        <message>
            <source>Give a file or folder another name.</source>
            <translation>为文件或文件夹改名。</translation>
        </message>
        <message>
            <source>New folder…</source>
            <translation>新建文件夹…</translation>
        </message>
        <message>
            <source>Make a folder on the server.</source>
            <translation>在服务器上新建文件夹。</translation>
        </message>
        <message>
            <source>Delete files…</source>
            <translation>删除文件…</translation>
        </message>
        <message>
            <source>Delete files and whole folders on the server.</source>
            <translation>删除服务器上的文件和整个文件夹。</translation>
        </message>
        <message>
            <source>Show kept secrets</source>
            <translation>显示已保存的机密</translation>
        </message>
        <message>
            <source>Names of what is kept in the system keyring.</source>
            <translation>系统密钥环中所存内容的名称。</translation>
        </message>
        <message>
            <source>Forget secret…</source>
            <translation>忘记机密…</translation>
        </message>
        <message>
            <source>Take a secret out of the system keyring.</source>
            <translation>从系统密钥环中移除一项机密。</translation>
        </message>
        <message>
            <source>Remove server…</source>
            <translation>移除服务器…</translation>
        </message>
        <message>
            <source>Take it out of the inventory; nothing is changed there.</source>
            <translation>从清单中移除；不更改服务器上的任何内容。</translation>
        </message>
        <message>
            <source>Clean server…</source>
            <translation>清理服务器…</translation>
        </message>
        <message>
            <source>Remove all that Tandem ever left on it.</source>
            <translation>删除 Tandem 在其上留下的一切。</translation>
        </message>
        <message>
            <source>Submit job…</source>
            <translation>提交作业…</translation>
        </message>
        <message>
            <source>Run a command or a recipe on a server.</source>
            <translation>在服务器上运行命令或配方。</translation>
        </message>
        <message>
            <source>Cancel job</source>
            <translation>取消作业</translation>
        </message>
        <message>
            <source>End it: a polite signal, then a hard one.</source>
            <translation>结束它：先礼貌信号，后强制信号。</translation>
        </message>
        <message>
            <source>Fetch outputs…</source>
            <translation>取回输出…</translation>
        </message>
        <message>
            <source>Copy the files that the job left to this machine.</source>
            <translation>将作业留下的文件复制到本机。</translation>
        </message>
        <message>
            <source>Register model…</source>
            <translation>登记模型…</translation>
        </message>
        <message>
            <source>Add a version from a file here or on a server.</source>
            <translation>从本机或服务器上的文件添加版本。</translation>
        </message>
        <message>
            <source>Set alias…</source>
            <translation>设置别名…</translation>
        </message>
        <message>
            <source>Point a name such as champion at a version.</source>
            <translation>让 champion 之类的名称指向某个版本。</translation>
        </message>
        <message>
            <source>Deploy…</source>
            <translation>部署…</translation>
        </message>
        <message>
            <source>Serve a version behind the router.</source>
            <translation>在路由器之后提供某个版本的服务。</translation>
        </message>
        <message>
            <source>Switch version…</source>
            <translation>切换版本…</translation>
        </message>
        <message>
            <source>Move the traffic to another version, no request lost.</source>
            <translation>将流量切换到另一版本，不丢失请求。</translation>
        </message>
        <message>
            <source>Roll back</source>
            <translation>回滚</translation>
        </message>
        <message>
            <source>Move the traffic back to the release before.</source>
            <translation>将流量切回上一个发布。</translation>
        </message>
        <message>
            <source>Remove deployment…</source>
            <translation>移除部署…</translation>
        </message>
        <message>
            <source>Stop its replicas and its router.</source>
            <translation>停止其副本和路由器。</translation>
        </message>
        <message>
            <source>Try it…</source>
            <translation>试用…</translation>
        </message>
        <message>
            <source>Send one request through an encrypted forward.</source>
            <translation>通过加密转发发送一个请求。</translation>
        </message>
    </context>
    <context>
        <name>option</name>
        <message>
            <source>Theme</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>Colours of the window.</source>
            <translation>窗口的颜色。</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Language of the window.</source>
            <translation>窗口的语言。</translation>
        </message>
        <message>
            <source>Times in UTC</source>
            <translation>使用 UTC 时间</translation>
        </message>
        <message>
            <source>Show times in UTC instead of this machine's zone.</source>
            <translation>以 UTC 而不是本机时区显示时间。</translation>
        </message>
        <message>
            <source>Read-only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Disable every command that changes something.</source>
            <translation>禁用所有会更改内容的命令。</translation>
        </message>
        <message>
            <source>Sampling interval</source>
            <translation>采样间隔</translation>
        </message>
        <message>
            <source>Seconds between two samples of a server.</source>
            <translation>同一服务器两次采样之间的秒数。</translation>
        </message>
        <message>
            <source>Stale after</source>
            <translation>过期时间</translation>
        </message>
        <message>
            <source>Seconds without data after which values are shown as old.</source>
            <translation>无数据多少秒后数值显示为过期。</translation>
        </message>
        <message>
            <source>Connect timeout</source>
            <translation>连接超时</translation>
        </message>
        <message>
            <source>Seconds in all for one attempt to connect.</source>
            <translation>一次连接尝试的总秒数。</translation>
        </message>
        <message>
            <source>Parallel connects</source>
            <translation>并行连接数</translation>
        </message>
        <message>
            <source>Attempts to connect at the same time.</source>
            <translation>同时进行的连接尝试。</translation>
        </message>
        <message>
            <source>History kept</source>
            <translation>历史保留</translation>
        </message>
        <message>
            <source>Days of charts kept in the database.</source>
            <translation>数据库中保留图表的天数。</translation>
        </message>
        <message>
            <source>Currency</source>
            <translation>货币</translation>
        </message>
        <message>
            <source>Sign shown beside costs.</source>
            <translation>费用旁显示的符号。</translation>
        </message>
    </context>
</TS>
